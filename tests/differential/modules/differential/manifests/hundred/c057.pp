# Ten resources.
class differential::hundred::c057 {
  notify { 'c057 1':
    message => "1 of class c057 on ${facts['networking']['hostname']}",
  }
  notify { 'c057 2':
    message => "2 of class c057 on ${facts['networking']['hostname']}",
  }
  notify { 'c057 3':
    message => "3 of class c057 on ${facts['networking']['hostname']}",
  }
  notify { 'c057 4':
    message => "4 of class c057 on ${facts['networking']['hostname']}",
  }
  notify { 'c057 5':
    message => "5 of class c057 on ${facts['networking']['hostname']}",
  }
  notify { 'c057 6':
    message => "6 of class c057 on ${facts['networking']['hostname']}",
  }
  notify { 'c057 7':
    message => "7 of class c057 on ${facts['networking']['hostname']}",
  }
  notify { 'c057 8':
    message => "8 of class c057 on ${facts['networking']['hostname']}",
  }
  notify { 'c057 9':
    message => "9 of class c057 on ${facts['networking']['hostname']}",
  }
  notify { 'c057 10':
    message => "10 of class c057 on ${facts['networking']['hostname']}",
  }
}
