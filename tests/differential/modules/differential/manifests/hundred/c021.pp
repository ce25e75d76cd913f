# Ten resources.
class differential::hundred::c021 {
  notify { 'c021 1':
    message => "1 of class c021 on ${facts['networking']['hostname']}",
  }
  notify { 'c021 2':
    message => "2 of class c021 on ${facts['networking']['hostname']}",
  }
  notify { 'c021 3':
    message => "3 of class c021 on ${facts['networking']['hostname']}",
  }
  notify { 'c021 4':
    message => "4 of class c021 on ${facts['networking']['hostname']}",
  }
  notify { 'c021 5':
    message => "5 of class c021 on ${facts['networking']['hostname']}",
  }
  notify { 'c021 6':
    message => "6 of class c021 on ${facts['networking']['hostname']}",
  }
  notify { 'c021 7':
    message => "7 of class c021 on ${facts['networking']['hostname']}",
  }
  notify { 'c021 8':
    message => "8 of class c021 on ${facts['networking']['hostname']}",
  }
  notify { 'c021 9':
    message => "9 of class c021 on ${facts['networking']['hostname']}",
  }
  notify { 'c021 10':
    message => "10 of class c021 on ${facts['networking']['hostname']}",
  }
}
