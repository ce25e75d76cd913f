# Ten resources.
class differential::hundred::c047 {
  notify { 'c047 1':
    message => "1 of class c047 on ${facts['networking']['hostname']}",
  }
  notify { 'c047 2':
    message => "2 of class c047 on ${facts['networking']['hostname']}",
  }
  notify { 'c047 3':
    message => "3 of class c047 on ${facts['networking']['hostname']}",
  }
  notify { 'c047 4':
    message => "4 of class c047 on ${facts['networking']['hostname']}",
  }
  notify { 'c047 5':
    message => "5 of class c047 on ${facts['networking']['hostname']}",
  }
  notify { 'c047 6':
    message => "6 of class c047 on ${facts['networking']['hostname']}",
  }
  notify { 'c047 7':
    message => "7 of class c047 on ${facts['networking']['hostname']}",
  }
  notify { 'c047 8':
    message => "8 of class c047 on ${facts['networking']['hostname']}",
  }
  notify { 'c047 9':
    message => "9 of class c047 on ${facts['networking']['hostname']}",
  }
  notify { 'c047 10':
    message => "10 of class c047 on ${facts['networking']['hostname']}",
  }
}
